import { defaultOptions } from "./options.ts";

const { requests, speed, concurrency, seed, port } = defaultOptions;

/** The text of `--help`, at most 80 columns wide. */
export const helpText = `A support desk run by several agents, driven by real traffic

Usage: npm run demo -- [options]

Replays chat requests of a production trace against a support desk: a
coordinator, parallel retrieval, an executor that calls a model, a validator and
a person to hand over to. The model is a local server that is sometimes slow,
refuses a call or fails. Shows the first run's trace, then a summary.

  --requests N      run N requests of the trace; a shorter trace starts over
                    (default ${requests})
  --speed X         let time run X times faster than in the trace, for arrivals
                    and for the model's answers (default ${speed})
  --concurrency N   work on up to N requests at a time, queue the others
                    (default ${concurrency})
  --trace FILE      replay another trace: an Azure LLM inference CSV or a
                    Mooncake JSON Lines file
  --seed N          let other calls fail and other questions be asked
                    (default ${seed})
  --once            exit when the requests are done; otherwise /metrics is
                    served until Ctrl-C
  --port N          serve /metrics on this port of 127.0.0.1, 0 for a free one
                    (default ${port})
  --otlp URL        also send traces, metrics and logs over OTLP/HTTP; URL is a
                    base URL such as http://127.0.0.1:4318
  --logs LEVEL      show log lines of this level and above on standard error:
                    debug, info, warn or error (default: none; a collector
                    then gets those from info on)
  --state FILE      keep what the agents did in this file, for tta maturity
                    (default .tta/components.json in the demo's folder)
  --json            print the summary as JSON on standard output, and nothing
                    else
  --help, -h        print this text

Exit codes: 0 done, 1 the demo itself failed, 2 a bad option, 130 interrupted.
`;
