export type WarningCode = "todo";
export interface Warning {
  readonly code: WarningCode;
  readonly path: string;
  readonly message: string;
}
