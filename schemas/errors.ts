/** Thrown when the catalogue or a schema is used in a way that it does not provide for: a fault of the program. */
export class SchemaError extends Error {
  readonly code: `DETENT_SCHEMAS_${string}`;
  readonly retriable = false;
  constructor(code: `DETENT_SCHEMAS_${string}`, message: string) {
    super(message);
    this.name = 'SchemaError';
    this.code = code;
  }
}
