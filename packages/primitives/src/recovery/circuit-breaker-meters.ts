import { circuitCallKinds, type CircuitCallKind, type CircuitState } from "../catalog/values.ts";
import type { Registry } from "../metrics/registry.ts";
import type { Circuit } from "./circuit-breaker-circuit.ts";

export interface CircuitMeters {
  counted(kind: CircuitCallKind): void;
  changed(from: CircuitState, to: CircuitState): void;
}

const CHANGES = [
  ["closed", "open"],
  ["open", "half_open"],
  ["half_open", "closed"],
  ["half_open", "open"],
] as const satisfies readonly (readonly [CircuitState, CircuitState])[];

export function circuitMeters(
  circuit: Circuit,
): (name: string, registry: Registry) => CircuitMeters {
  return (name, registry) => {
    circuit.showOn(registry.gauge("circuit_breaker.state").bind({ primitive_name: name }));
    const calls = registry.counter("circuit_breaker.calls");
    for (const kind of circuitCallKinds) calls.bind({ primitive_name: name, kind });
    const transitions = registry.counter("circuit_breaker.transitions");
    for (const [from, to] of CHANGES) transitions.bind({ primitive_name: name, from, to });
    return {
      counted: (kind) => calls.bind({ primitive_name: name, kind }).add(1),
      changed: (from, to) => transitions.bind({ primitive_name: name, from, to }).add(1),
    };
  };
}
