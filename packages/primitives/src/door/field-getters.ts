import type { Fields } from "./fields.ts";

/** The fields of a run as a step reads them off its context. */
export abstract class FieldGetters {
  abstract fields: Fields;

  get workflowId(): string {
    return this.fields.workflowId;
  }
  get workflowName(): string | undefined {
    return this.fields.workflowName;
  }
  get sessionId(): string | undefined {
    return this.fields.values.sessionId;
  }
  get userId(): string | undefined {
    return this.fields.values.userId;
  }
  get correlationId(): string | undefined {
    return this.fields.values.correlationId;
  }
  get causationId(): string | undefined {
    return this.fields.values.causationId;
  }
  get agentId(): string | undefined {
    return this.fields.values.agentId;
  }
  get agentType(): string | undefined {
    return this.fields.values.agentType;
  }
  get llmProvider(): string | undefined {
    return this.fields.values.llmProvider;
  }
  get llmModelName(): string | undefined {
    return this.fields.values.llmModelName;
  }
  get llmModelTier(): string | undefined {
    return this.fields.values.llmModelTier;
  }
  get tags(): Readonly<Record<string, string>> {
    return this.fields.tags;
  }
  get data(): Readonly<Record<string, unknown>> {
    return this.fields.data;
  }
}
