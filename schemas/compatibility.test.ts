import { describe, expect, it } from '@jest/globals';
import type { AvroField, AvroRecord } from './avro.ts';
import { avscType } from './avsc-type.ts';
import { checkCompatibility, loadPrevious, type PreviousVersion } from './compatibility.ts';
import { fullName, loadSchemas } from './load.ts';

describe('the schemas of today', () => {
  it('read all that earlier ones have written', () => {
    expect(checkCompatibility()).toEqual([]);
  });

  it('are all guarded by a previous version (if not: node schemas/release.ts)', () => {
    expect([...loadPrevious().keys()].sort()).toEqual(loadSchemas().map(fullName).sort());
  });
});

describe('a change of a schema', () => {
  const kind = (symbols: string[]) => ({ type: 'enum', name: 'Kind', symbols, default: 'unknown' }) as const;
  const base: AvroField[] = [
    { name: 'id', type: 'string' },
    { name: 'weightG', type: 'double' },
    { name: 'kind', type: kind(['unknown', 'box', 'bag']) },
  ];
  const record = (fields: AvroField[]): AvroRecord => ({
    type: 'record',
    namespace: 'detent.test',
    name: 'Thing',
    fields,
  });
  const value = { id: 'a', weightG: 1.5, kind: 'bag' };
  const old = record(base);
  const samples = [{ value, hex: avscType(old).toBuffer(value).toString('hex') }];
  const previous = new Map<string, PreviousVersion[]>([['detent.test.Thing', [{ schema: old, samples }]]]);
  const check = (fields: AvroField[]) => checkCompatibility([record(fields)], previous).map(({ problem }) => problem);

  it('may add a field with a default, and a symbol', () => {
    const added: AvroField = { name: 'note', type: ['null', 'string'], default: null };
    expect(
      check([...base.slice(0, 2), added, { name: 'kind', type: kind(['unknown', 'box', 'bag', 'roll']) }]),
    ).toEqual([]);
  });

  it('may not add a field without a default', () => {
    expect(check([...base, { name: 'note', type: 'string' }])).toEqual([expect.stringContaining('cannot be read')]);
  });

  it('may not change a type', () => {
    expect(check([base[0]!, { name: 'weightG', type: 'string' }, base[2]!])).toEqual([
      expect.stringContaining('cannot be read'),
    ]);
  });

  it('may not drop or rename a field', () => {
    const renamed: AvroField = { name: 'weightKg', type: 'double', default: 0 };
    expect(check([base[0]!, renamed, base[2]!])).toEqual([
      'weightG is gone: bring it back, fields are only ever added',
    ]);
  });

  it('may not drop a symbol, which would be read as another', () => {
    const dropped: AvroField = { name: 'kind', type: kind(['unknown', 'box']) };
    expect(check([...base.slice(0, 2), dropped])).toEqual(['kind was written as "bag" and reads as "unknown"']);
  });

  it('may not drop a record', () => {
    expect(checkCompatibility([], previous)).toEqual([
      { record: 'detent.test.Thing', version: 1, problem: 'the record is gone: bring it back' },
    ]);
  });
});
