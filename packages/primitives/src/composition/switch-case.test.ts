import { describe, expect, it } from "vitest";
import { workflow } from "./workflow.ts";
import { switchCase } from "./switch-case.ts";

const greetings = { de: () => "Guten Tag", en: async () => "Good day" };

describe("a switch", () => {
  it("runs the case that is selected, on the input", async () => {
    const greet = switchCase((language: string) => language.slice(0, 2), {
      ...greetings,
      fr: (language: string) => `Bonjour (${language})`,
    });
    expect(await greet.execute("en-GB")).toBe("Good day");
    expect(await greet.execute("fr-CA")).toBe("Bonjour (fr-CA)");
  });

  it("runs the default where no case matches, on the input", async () => {
    const greet = switchCase(
      (language: string) => language,
      greetings,
      (language) => `?${language}`,
    );
    expect(await greet.execute("nl")).toBe("?nl");
  });

  it("without a match and a default rejects with an error that names the key", async () => {
    const greet = workflow(
      "greet",
      switchCase((language: string) => language, greetings),
    );
    await expect(greet.execute("nl")).rejects.toMatchObject({
      name: "NoCaseError",
      code: "NO_CASE",
      key: "nl",
      message: 'switch "greet" has no case "nl" (de, en)',
    });
  });

  it.each(["toString", "constructor", "__proto__", "hasOwnProperty"])(
    "has no case %s unless it was given one",
    async (key) => {
      const greet = switchCase((language: string) => language, greetings);
      await expect(greet.execute(key)).rejects.toMatchObject({ code: "NO_CASE", key });
    },
  );

  it("waits for an asynchronous selection, which is told the context", async () => {
    const greet = switchCase(async (_input: number, { agentType }) => agentType!, greetings);
    expect(await greet.execute(0, { agentType: "de" })).toBe("Guten Tag");
  });

  it("rejects with what the selection throws", async () => {
    const broken = switchCase((): string => {
      throw new Error("from select");
    }, greetings);
    await expect(broken.execute(0)).rejects.toThrow("from select");
  });

  it("says in its description which cases there are", () => {
    const { options, children } = switchCase(
      (key: string) => key,
      greetings,
      () => "",
    ).describe();
    expect(options).toEqual({ cases: ["de", "en"], hasDefault: true });
    expect(children.map(({ span }) => span)).toEqual([
      "primitive.switch.case_de",
      "primitive.switch.case_en",
      "primitive.switch.case_default",
    ]);
  });

  it("is refused without cases, a selection, or with a case that is no step", () => {
    expect(() => switchCase(5 as never, greetings)).toThrow(
      new TypeError("switchCase(select): expected a function, got 5"),
    );
    expect(() => switchCase(() => "a", {})).toThrow(
      new RangeError("switchCase(): expected at least one branch, got none"),
    );
    expect(() => switchCase(() => "a", { a: 5 as never })).toThrow(
      new TypeError('switchCase(): branch "a": expected a primitive or a function, got number'),
    );
    expect(() => switchCase(() => "a", greetings, "b" as never)).toThrow(
      new TypeError("switchCase(): default: expected a primitive or a function, got string"),
    );
  });

  it("is refused with a default beside a case called default, which would share its series", () => {
    expect(() =>
      switchCase(
        () => "a",
        { default: () => 1 },
        () => 2,
      ),
    ).toThrow(
      new TypeError('switchCase(): a case is called "default" and there is a default step too'),
    );
    expect(switchCase(() => "default", { default: () => 1 }).describe().children).toHaveLength(1);
  });
});
