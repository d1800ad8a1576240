import type { Finding } from "./finding.ts";

/** First release that runs TypeScript without a flag. */
const LEAST = [22, 18] as const;

/** Whether this Node runs what is installed. */
export function checkNode(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
  return isEnough
    ? { check: "Node", state: "ok", message: version }
    : {
        check: "Node",
        state: "failure",
        message: `${version} is too old`,
        advice: `use Node ${LEAST.join(".")} or newer`,
      };
}
