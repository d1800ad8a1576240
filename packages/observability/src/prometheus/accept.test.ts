import { describe, expect, test } from "vitest";
import { acceptsGzip, chooseFormat } from "./accept.ts";

describe("the format", () => {
  test.each([
    ["no preference", undefined],
    ["curl's", "*/*"],
    ["a browser's", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"],
    ["a browser's that takes nothing else", "text/html"],
    ["text, named", "text/plain"],
    ["text of our version", "text/plain;version=0.0.4;charset=utf-8"],
    ["all text", "text/*"],
    ["OpenMetrics of another version alone", "application/openmetrics-text;version=0.0.1"],
    ["text liked better", "application/openmetrics-text;q=0.3, text/plain;q=0.7"],
    ["all types liked better", "application/openmetrics-text;q=0.3, */*"],
    ["OpenMetrics refused", "application/openmetrics-text;q=0, text/plain;q=0.1"],
    ["OpenMetrics refused, nothing else named", "application/openmetrics-text;q=0"],
    ["a weight that is no number", "application/openmetrics-text;q=high, text/plain;q=0.1"],
    ["a weight above 1", "application/openmetrics-text;q=7, text/plain;q=0.1"],
    ["an empty weight", "application/openmetrics-text;q=, text/plain;q=0.1"],
    ["nothing at all", ""],
    ["rubbish", ";;q,=,,/;q=1"],
  ])("for %s is text", (_who, accept) => {
    expect(chooseFormat(accept)).toBe("text");
  });

  test.each([
    [
      "Prometheus 2.42",
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    ],
    [
      "Prometheus 3",
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    ],
    ["OpenMetrics, named", "application/openmetrics-text"],
    ["both alike", "text/plain, application/openmetrics-text"],
    [
      "capitals and spaces",
      'Application/OpenMetrics-Text ; Version="1.0.0" ; Q=0.5 , text/plain;q=0.4',
    ],
    ["text refused", "text/plain;q=0, */*;q=0.1"],
    [
      "the more precise range",
      "*/*;q=0.1, application/*;q=0.2, application/openmetrics-text;q=0.9, text/plain;q=0.5",
    ],
  ])("for %s is OpenMetrics", (_who, accept) => {
    expect(chooseFormat(accept)).toBe("openmetrics");
  });

  test("goes by the most precise range, wherever it stands", () => {
    expect(
      chooseFormat("text/plain;version=0.0.4;q=0.1, text/plain;q=0.9, application/*;q=0.5"),
    ).toBe("openmetrics");
    expect(
      chooseFormat("application/*;q=0.5, text/plain;q=0.9, text/plain;version=0.0.4;q=0.1"),
    ).toBe("openmetrics");
  });
});

describe("compression", () => {
  test.each([
    ["gzip", true],
    ["deflate, GZIP;q=0.5", true],
    ["*", true],
    ["gzip;q=0", false],
    ["*, gzip;q=0", false],
    ["br", false],
    ["", false],
    [undefined, false],
  ])("given %s, is done: %s", (accepted, zipped) => {
    expect(acceptsGzip(accepted)).toBe(zipped);
  });
});
