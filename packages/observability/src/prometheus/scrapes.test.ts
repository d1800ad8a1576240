import { gunzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import type { ExpositionFormat } from "./format.ts";
import { createScrapes } from "./scrapes.ts";

/** A page that counts how often it was written, and can be held back before its number is read. */
function countingPage() {
  let number = 0;
  let gate: Promise<void> = Promise.resolve();
  const render = vi.fn(async (format: ExpositionFormat) => {
    await gate;
    return `${format} ${(number += 1)}`;
  });
  return {
    render,
    hold(): () => void {
      const held = Promise.withResolvers<void>();
      gate = held.promise;
      return held.resolve;
    },
  };
}

describe("scrapes", () => {
  test("that come together share one page", async () => {
    const { render } = countingPage();
    const scrape = createScrapes(render);
    const pages = await Promise.all(Array.from({ length: 20 }, () => scrape("text", false)));
    expect(new Set(pages.map(String))).toEqual(new Set(["text 1"]));
    expect(render).toHaveBeenCalledTimes(1);
  });

  test("that are read from their sockets in one turn of the event loop share one page", async () => {
    const { render } = countingPage();
    const scrape = createScrapes(render);
    const first = scrape("text", false);
    for (let tick = 0; tick < 50; tick++) await Promise.resolve();
    const second = scrape("text", false);
    expect([String(await first), String(await second)]).toEqual(["text 1", "text 1"]);
  });

  test("that come while instruments are still being read share it too", async () => {
    const page = countingPage();
    const release = page.hold();
    const scrape = createScrapes(page.render);
    const first = scrape("text", false);
    await vi.waitFor(() => expect(page.render).toHaveBeenCalled());
    const second = scrape("text", true);
    release();
    expect([String(await first), gunzipSync(await second).toString()]).toEqual([
      "text 1",
      "text 1",
    ]);
  });

  test("are compressed once for all", async () => {
    const scrape = createScrapes(() => "page");
    const [one, other] = await Promise.all([scrape("text", true), scrape("text", true)]);
    expect(one).toBe(other);
  });

  test("never get numbers from before they began, not even while the page before is compressed", async () => {
    const { render } = countingPage();
    const scrape = createScrapes(render);
    const zipped = scrape("text", true);
    // It has its numbers as soon as the plain page is there, and is compressed in the background from then on.
    await scrape("text", false);
    expect(String(await scrape("text", false))).toBe("text 2");
    expect(gunzipSync(await zipped).toString()).toBe("text 1");
  });

  test("one after the other each get a page of their own", async () => {
    const { render } = countingPage();
    const scrape = createScrapes(render);
    const pages = [await scrape("text", false), await scrape("text", false)];
    expect(pages.map(String)).toEqual(["text 1", "text 2"]);
  });

  test("that come during a rendering cost one more, however many they are", async () => {
    const { render } = countingPage();
    const scrape = createScrapes(render);
    const first = scrape("text", true);
    await scrape("text", false);
    const late = await Promise.all(Array.from({ length: 20 }, () => scrape("text", false)));
    await first;
    expect(new Set(late.map(String))).toEqual(new Set(["text 2"]));
    expect(render).toHaveBeenCalledTimes(2);
  });

  test("of the two formats have nothing to do with each other", async () => {
    const { render } = countingPage();
    const scrape = createScrapes(render);
    const [text, openmetrics] = await Promise.all([
      scrape("text", false),
      scrape("openmetrics", false),
    ]);
    expect([String(text), String(openmetrics)]).toEqual(["text 1", "openmetrics 2"]);
  });

  test("fail together, and the next one starts afresh", async () => {
    let isBroken = true;
    const scrape = createScrapes(() => {
      if (isBroken) throw new Error("broken gauge");
      return "page";
    });
    const failed = await Promise.allSettled([scrape("text", false), scrape("text", true)]);
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isBroken = false;
    expect(String(await scrape("text", false))).toBe("page");
  });
});
