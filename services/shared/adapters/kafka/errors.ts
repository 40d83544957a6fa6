/** Causes of an `KafkaAdapterError`, and whether trying again may help. */
const causes = {
  DETENT_KAFKA_UNREACHABLE: true,
  DETENT_KAFKA_CLIENT_VERSION: false,
  DETENT_KAFKA_TOPIC_MISSING: false,
  DETENT_KAFKA_PARTITIONS_UNEQUAL: false,
  DETENT_KAFKA_INPUT_LOST: false,
  DETENT_KAFKA_READ_OVERTAKEN: true,
  DETENT_KAFKA_RECORD_TOO_LARGE: false,
  DETENT_KAFKA_GROUP_BUSY: false,
  DETENT_KAFKA_REBUILD_CONTESTED: true,
  DETENT_KAFKA_TRANSACTION_HANGS: true,
  DETENT_KAFKA_PROTOCOL: true,
} as const;

/** Thrown by the Kafka adapter. The message says what, where and what to do. */
export class KafkaAdapterError extends Error {
  readonly code: keyof typeof causes;
  readonly retriable: boolean;
  constructor(code: keyof typeof causes, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KafkaAdapterError';
    this.code = code;
    this.retriable = causes[code];
  }
}

/** What an error of any origin says, with what it wraps. kafkajs runs in its own realm in tests, so `instanceof Error` is not relied on. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  const message = String(error.message);
  const inner = [...innerErrors(error), ...('cause' in error && error.cause ? [error.cause] : [])].map(messageOf);
  return [message, ...new Set(inner.filter((text) => !message.includes(text)))].join(': ');
}

/** The broker's name of a protocol error (`CONCURRENT_TRANSACTIONS`), looked up through the errors that wrap it. */
export function protocolErrorOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('type' in error && typeof error.type === 'string') return error.type;
  if ('apiId' in error && typeof error.apiId === 'string') return error.apiId;
  for (const inner of [...innerErrors(error), 'cause' in error ? error.cause : undefined]) {
    const name = protocolErrorOf(inner);
    if (name !== undefined) return name;
  }
  return undefined;
}

function innerErrors(error: object): unknown[] {
  return 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
}
