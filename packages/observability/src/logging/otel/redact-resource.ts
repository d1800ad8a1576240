import type { Resource } from "@opentelemetry/resources";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { Redactor } from "../redaction/redactor.ts";

/** Makes the function that redacts resources: the arguments of the process are there, and may hold a password. */
export function resourceRedactor(redactor: Redactor): (resource: Resource) => Resource {
  // Exporters group by identity: one resource must always give the same one.
  const known = new WeakMap<Resource, Resource>();
  const redact = (resource: Resource): Resource => {
    const attributes = redactor.attributes(resource.attributes);
    if (attributes === resource.attributes) return resource;
    const { schemaUrl } = resource;
    return resourceFromAttributes(attributes, schemaUrl === undefined ? {} : { schemaUrl });
  };
  return (resource) => {
    // While detectors are at work, its attributes are not all there.
    if (resource.asyncAttributesPending === true) return redact(resource);
    let redacted = known.get(resource);
    if (redacted === undefined) known.set(resource, (redacted = redact(resource)));
    return redacted;
  };
}
