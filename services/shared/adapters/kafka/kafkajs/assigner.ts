import type { Partitioning } from '@detent/pipeline';
import type { PartitionAssigner } from 'kafkajs';
import { assignTasks, encodeOwned, protocolName } from '../client/assigner.ts';
import { kafkajs } from './kafkajs.ts';

/** The group's own assigner (`../assigner.ts`) as kafkajs takes it. */
export function coPartitioning(partitioning: Partitioning, owned: () => Iterable<number>): PartitionAssigner {
  const { AssignerProtocol } = kafkajs();
  const { MemberMetadata, MemberAssignment } = AssignerProtocol;
  const version = 1;
  const name = protocolName(partitioning);
  return ({ cluster }) => ({
    name,
    version,
    protocol: ({ topics }) => ({
      name,
      metadata: MemberMetadata.encode({ version, topics, userData: encodeOwned(owned()) }),
    }),
    async assign({ members, topics }) {
      const assignments = assignTasks(
        partitioning,
        members.map(({ memberId, memberMetadata }) => ({
          memberId,
          userData: MemberMetadata.decode(memberMetadata)?.userData,
        })),
        topics.map((topic) => ({ topic, count: cluster.findTopicPartitionMetadata(topic).length })),
      );
      return assignments.map(({ memberId, assignment }) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({ version, assignment, userData: Buffer.alloc(0) }),
      }));
    },
  });
}
