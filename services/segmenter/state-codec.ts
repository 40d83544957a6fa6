import { Bucket, type Engine, EntityState, fingerprintIn, TimeSlice } from '@detent/core';
import { entityOf, kindOf } from './keys.ts';
import { decodeCount, encodeCount, type PopulationCount, PopulationStatistics } from './population-state.ts';

/** A state kept under another layout than the model has now, as it was stored. */
export class ForeignState {
  readonly bytes: Uint8Array;
  readonly fingerprint: string;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.fingerprint = fingerprintIn(bytes);
  }
}

/** States to bytes, each kind in its own way. */
export function encodeState(engine: Engine, key: string, value: unknown): Buffer {
  switch (kindOf(key)) {
    case 'entity': {
      const bytes = value instanceof ForeignState ? value.bytes : engine.encode(value as EntityState);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    case 'bucket':
      return Buffer.from((value as Bucket).encode());
    case 'slice':
      return Buffer.from((value as TimeSlice).encode());
    case 'slices':
      return Buffer.from(JSON.stringify([...(value as Set<number>)]));
    case 'population':
      return encodeCount(value as PopulationCount);
    case 'statistics':
      return (value as PopulationStatistics).encode();
    case 'members':
      return Buffer.from(JSON.stringify([...(value as Set<string>)]));
    case 'plain':
      return Buffer.from(JSON.stringify(value));
  }
}

/** Bytes to states. An entity's state of another layout stays as it is until it is needed. */
export function decodeState(engine: Engine, key: string, bytes: Buffer): unknown {
  switch (kindOf(key)) {
    case 'entity': {
      const { entityType, entityId } = entityOf(key);
      const state = engine.has(entityType) ? engine.decode(entityType, entityId, bytes) : undefined;
      return state ?? new ForeignState(bytes);
    }
    case 'bucket':
      return Bucket.decode(bytes.toString());
    case 'slice':
      return TimeSlice.decode(bytes.toString());
    case 'slices':
      return new Set(JSON.parse(bytes.toString()) as number[]);
    case 'population':
      return decodeCount(bytes);
    case 'statistics':
      return PopulationStatistics.decode(bytes);
    case 'members':
      return new Set(JSON.parse(bytes.toString()) as string[]);
    case 'plain':
      return JSON.parse(bytes.toString());
  }
}

/** Lets the next entities' states be made of one that memory no longer holds. */
export function recycleState(engine: Engine, value: unknown): void {
  if (value instanceof EntityState) engine.recycle(value);
}
