import type { Logger } from '@detent/pipeline';
import type { KafkaClient, TransactionalWriter } from '../client/client.ts';
import { KafkaAdapterError } from '../errors.ts';

/** After the fence all is settled, so what is still open after this long stays so. */
const PATIENCE_MS = 2_000;
/** Where nothing can be done about it, it is looked at longer. */
const HELPLESS_PATIENCE_MS = 20_000;
const POLL_MS = 20;

/** Whose transaction may hang, and where. */
export interface Former {
  writer: TransactionalWriter;
  client: KafkaClient;
  /** Begins the names of the topics that the owner before may have written to. */
  prefix: string;
  groupId: string;
  /** Partitions whose offsets it has committed. */
  wanted: readonly { topic: string; partitions: readonly number[] }[];
  logger: Logger;
}

/**
 * Brokers 4.3.0, 4.3.1 and 4.4.0 take a transaction for ended without writing its end where a partition has no leader at
 * that moment (KAFKA-20734): readers of committed records then wait there for ever. This ends it as its owner had, before
 * anything is read or written. Call it after the fence. Throws `DETENT_KAFKA_TRANSACTION_HANGS` when nobody knows any more how
 * it ended.
 */
export async function settleFormer(former: Former): Promise<void> {
  const { writer, client, prefix, groupId, wanted, logger } = former;
  const topics = new Map([...(await client.topics())].filter(([name]) => name.startsWith(prefix)));
  const deadline = performance.now() + (writer.former === undefined ? HELPLESS_PATIENCE_MS : PATIENCE_MS);
  for (;;) {
    const hanging = await writer.hanging(topics);
    const offsetsHang = (await client.stableOffsets(groupId, wanted)) === undefined;
    if (hanging.size === 0 && !offsetsHang) return;
    if (performance.now() > deadline) {
      const where = [...hanging].flatMap(([topic, of]) => [...of].map((partition) => `${topic}-${partition}`));
      if (offsetsHang) where.push(`the offsets of group ${groupId}`);
      if (writer.former === undefined) throw unknownEnding(where);
      logger.warn(
        { where, ending: writer.former },
        'a transaction of the owner before has no end here, though the coordinator holds it for ended (KAFKA-20734); writing its end',
      );
      await writer.settle(hanging, offsetsHang ? groupId : undefined, writer.former);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function unknownEnding(where: readonly string[]): KafkaAdapterError {
  return new KafkaAdapterError(
    'DETENT_KAFKA_TRANSACTION_HANGS',
    `a transaction of the owner before hangs in ${where.join(', ')}, and whether it was committed is not known here. See docs/runbooks/task-closed.md`,
  );
}
