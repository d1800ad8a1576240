import { context, logs, propagation, trace } from "@opentelemetry/api";
import { fallback, llm, retry, sequential, slot, step, workflow } from "@tta-dev/primitives";
import type { CapturedConsole } from "./capture-console.ts";
import { captureConsole } from "./capture-console.ts";
import { getLogger } from "./logger.ts";

/** Secrets, each planted in one place, by the name of the place. */
export const CANARIES = {
  fieldByName: "cn-field-name",
  fieldByPattern: "sk-ant-api03-cn0field0pattern0",
  nestedField: "cn-nested-field",
  event: "cn.event@mail.example",
  childField: "cn-child-field",
  key: "cn.key@mail.example",
  errorMessage: "AIzaSyCn0error0message0abcdefgh",
  cause: "cn-cause-value",
  deepCause: "ghp_cn0deep0cause0abcdefghij0123",
  aggregated: "cn-aggregated-value",
  thrownText: "xoxb-cn0thrown0text",
  getter: "cn-getter-value",
  header: "cn-header-value",
  headersObject: "cn-headers-object",
  rawHeader: "cn-raw-header",
  cookie: "cn-cookie-value",
  urlPassword: "cn-url-password",
  urlQuery: "cn-url-query",
  spanAttribute: "eyJhbGciOiJub25lIn0.eyJjbiI6InNwYW4ifQ.cn",
  spanUrl: "cn-span-url",
  spanEvent: "cn.span.event@mail.example",
  exception: "cn-exception-value",
  exceptionOfStep: "cn-exception-step",
  spanStatus: "cn-span-status",
  spanName: "cn-span-name",
  baggage: "glpat-cn0baggage0abcdefghijk",
  tag: "cn-tag-value",
  userId: "cn.user@mail.example",
  correlationId: "cn.correlation@mail.example",
  score: "cn.score@mail.example",
  card: "4111111111111111",
  commandLine: "cn-command-line",
  resource: "cn-resource-value",
  apiRecord: "cn-api-record",
  console: "cn-console-value",
  privateKey: "cnPrivateKeyMIIEvQIBADANBg",
  content: "cn-content-of-a-prompt",
  contentInJson: "cn-content-of-a-message",
} as const;

/** Runs workflows and logs with all of them in hand, as a program would that does not think of it. */
export async function plantCanaries(printer: CapturedConsole): Promise<void> {
  const c = CANARIES;
  const logger = getLogger("shop").child({ apiKey: c.childField });
  slot().baggageKeys = ["partner"];

  const asked = llm({
    provider: "openai",
    model: "gpt-5-mini",
    call: (prompt: string) => {
      logger.info("asked", { prompt, messages: [{ role: "user", content: c.contentInJson }] });
      return Promise.resolve({ text: prompt, usage: { prompt_tokens: 3, completion_tokens: 4 } });
    },
  });
  const working = workflow(
    "checkout",
    sequential(
      asked,
      fallback(
        retry(
          step("pay", () => {
            throw new Error(`declined, secret=${c.exceptionOfStep}`);
          }),
          { attempts: 2, backoff: () => 0 },
        ),
        [() => "paid later"],
      ),
      step("note", (_input, run) => {
        const span = trace.getActiveSpan();
        span?.setAttributes({
          note: c.spanAttribute,
          "url.full": `https://x.example/?token=${c.spanUrl}`,
        });
        span?.addEvent(`told ${c.spanEvent}`);
        span?.recordException(new Error(`password=${c.exception}`));
        run.score("helpful", 0.5, { explanation: `asked ${c.score}` });
        logger.warn("noted", {
          password: c.fieldByName,
          note: `used ${c.fieldByPattern}`,
          deep: [{ list: [{ client_secret: c.nestedField }] }],
          [c.key]: 1,
          card: Number(c.card),
          payment: `with ${c.card}`,
          command: `deploy --token ${c.commandLine}`,
          pem: `-----BEGIN PRIVATE KEY-----\n${c.privateKey}\n-----END PRIVATE KEY-----`,
          get broken(): never {
            throw new Error(`api_key: ${c.getter}`);
          },
        });
        logger.info(`mail to ${c.event}`);
        logger.info("requested", {
          url: `https://user:${c.urlPassword}@x.example/?api_key=${c.urlQuery}`,
          headers: { Authorization: `Bearer ${c.header}`, accept: "*/*" },
          more: new Headers({ "x-api-key": c.headersObject, "set-cookie": c.cookie }),
          rawHeaders: ["Authorization", c.rawHeader],
        });
        const deep = new Error(`with ${c.deepCause}`);
        const cause = new Error(`token: ${c.cause}`, { cause: deep });
        logger.error("failed", {
          error: new AggregateError(
            [new Error(`passphrase="${c.aggregated}"`), c.thrownText],
            `key ${c.errorMessage}`,
            { cause },
          ),
        });
        throw new Error("the run fails, too", { cause });
      }),
    ),
  );

  const baggage = propagation.createBaggage({ partner: { value: c.baggage } });
  await context.with(propagation.setBaggage(context.active(), baggage), () =>
    working
      .execute(`prompt: ${c.content}`, {
        correlationId: c.correlationId,
        userId: c.userId,
        tags: { password: c.tag },
      })
      .catch(() => undefined),
  );

  const span = trace.getTracer("theirs").startSpan(`GET /?token=${c.spanName}`);
  span.setStatus({ code: 2, message: `pwd=${c.spanStatus}` });
  span.end();
  logs.getLogger("theirs").emit({ body: { note: `secret=${c.apiRecord}` } });
  const release = captureConsole(printer);
  printer.warn("printed %s", `access_key=${c.console}`);
  release();
}
