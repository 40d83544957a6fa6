/** Messages by partition, in order. In kafkajs 2.2.4 this copies the list for every message: half the cost of a batch of 5,000. */
export function groupByPartition<M>(batch: {
  topic: string;
  partitionMetadata: readonly unknown[];
  messages: readonly M[];
  partitioner(choice: { topic: string; partitionMetadata: readonly unknown[]; message: M }): number;
}): Record<number, M[]> {
  const { topic, partitionMetadata, messages, partitioner } = batch;
  const groups: Record<number, M[]> = {};
  if (partitionMetadata.length === 0) return groups;
  for (const message of messages) {
    const partition = partitioner({ topic, partitionMetadata, message });
    const group = groups[partition];
    if (group) group.push(message);
    else groups[partition] = [message];
  }
  return groups;
}
