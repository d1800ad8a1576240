import { InvalidInputError } from "../errors.ts";
import { describe } from "../options.ts";
import type { StandardSchema } from "./standard-schema.ts";

/** @throws TypeError when the option is given and is no Standard Schema */
export function checkSchema(
  schema: Partial<StandardSchema> | null | undefined,
  option: string,
): void {
  if (schema === undefined) return;
  if (typeof schema?.["~standard"]?.validate !== "function")
    throw new TypeError(`${option}: expected a Standard Schema, got ${describe(schema)}`);
}

/** @throws InvalidInputError that says what is wrong, and where in the value */
export async function validateWith<T>(
  schema: StandardSchema<unknown, T>,
  value: unknown,
  what: string,
): Promise<T> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  const details = result.issues.map(({ message, path }) => {
    const at = path?.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return at === undefined || at === "" ? message : `${at}: ${message}`;
  });
  throw new InvalidInputError(
    `the input of ${what} was refused: ${details.join("; ")}`,
    result.issues,
  );
}
