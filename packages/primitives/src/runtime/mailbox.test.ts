import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mailbox } from "./mailbox.ts";

describe("a mailbox", () => {
  it("keeps a letter until somebody wants it", () => {
    const mailbox = new Mailbox();
    const got: unknown[] = [];
    mailbox.deliver("a", 1);
    mailbox.deliver("a", undefined);
    mailbox.take("a", (payload) => got.push(payload));
    mailbox.take("a", (payload) => got.push(payload))();
    expect(got).toEqual([1, undefined]);
  });

  it("hands a letter to whoever has waited longest", () => {
    const mailbox = new Mailbox();
    const got: unknown[] = [];
    mailbox.take("a", (payload) => got.push(["first", payload]));
    mailbox.take("a", (payload) => got.push(["second", payload]));
    mailbox.deliver("a", 1);
    mailbox.deliver("a", 2);
    expect(got).toEqual([
      ["first", 1],
      ["second", 2],
    ]);
  });

  it("passes by who has stopped waiting", () => {
    const mailbox = new Mailbox();
    const got: unknown[] = [];
    const stop = mailbox.take("a", () => got.push("first"));
    mailbox.take("a", () => got.push("second"));
    stop();
    stop();
    mailbox.deliver("a", 1);
    expect(got).toEqual(["second"]);
  });

  it("keeps names apart, also odd ones", () => {
    const mailbox = new Mailbox();
    const got: unknown[] = [];
    for (const name of ["__proto__", "constructor", ""]) mailbox.deliver(name, name);
    for (const name of ["", "constructor", "__proto__"])
      mailbox.take(name, (payload) => got.push(payload));
    expect(got).toEqual(["", "constructor", "__proto__"]);
  });

  it("holds a thousand letters of a name and refuses more", () => {
    const mailbox = new Mailbox();
    for (let letter = 0; letter < 1_000; letter++) mailbox.deliver("a", letter);
    expect(() => mailbox.deliver("a", 1_000)).toThrow(RangeError);
    expect(() => mailbox.deliver("b", 0)).not.toThrow();
  });

  it("brings letters to waiters in order, however sending and waiting alternate", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (sends) => {
        const mailbox = new Mailbox();
        const got: [number, unknown][] = [];
        let letters = 0;
        let waiters = 0;
        for (const isSend of sends)
          if (isSend) mailbox.deliver("a", letters++);
          else {
            const waiter = waiters++;
            mailbox.take("a", (payload) => got.push([waiter, payload]));
          }
        const served = Math.min(letters, waiters);
        expect(got).toEqual(Array.from({ length: served }, (_, index) => [index, index]));
      }),
    );
  });
});
