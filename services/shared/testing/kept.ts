/** Configuration of topics whose records bear made-up timestamps: by default Kafka deletes what is a week old, at its next check. */
export const kept: Readonly<Record<string, string>> = { 'retention.ms': '-1' };
