/** Tells every listener. One that throws is somebody's telemetry: it must not break the work it is told about. */
export function tellEach<L>(listeners: Iterable<L>, tell: (listener: L) => void): void {
  for (const listener of listeners) {
    try {
      tell(listener);
    } catch {
      // Nobody to tell it to.
    }
  }
}
