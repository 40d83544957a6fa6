import { describe, expect, it } from '@jest/globals';
import type { AvroRecord } from './avro.ts';
import { staleFiles } from './generate.ts';
import { schemas } from './generated/schemas.ts';
import { fullName, loadSchemas } from './load.ts';
import { renderTypes } from './render-types.ts';

describe('generated files', () => {
  it('are what the schemas say (if not: npm run generate)', () => {
    expect(staleFiles()).toEqual([]);
  });

  it('hold every schema under its full name', () => {
    for (const schema of loadSchemas()) expect(schemas[fullName(schema) as keyof typeof schemas]).toEqual(schema);
  });
});

describe('schemas', () => {
  const undocumented = (node: unknown, path: string): string[] => {
    if (typeof node !== 'object' || node === null) return [];
    const { name, doc } = node as { name?: string; doc?: string };
    const own = name !== undefined && !doc ? [path] : [];
    return [...own, ...Object.entries(node).flatMap(([key, child]) => undocumented(child, `${path}.${key}`))];
  };

  it('have a doc on every record, enum and field', () => {
    expect(loadSchemas().flatMap((schema) => undocumented(schema, schema.name))).toEqual([]);
  });

  it('give optional fields the default null, with null as the first branch', () => {
    const wrong: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { name, type, default: initial } = node as { name?: string; type?: unknown; default?: unknown };
      const nullable = name !== undefined && Array.isArray(type) && type.includes('null');
      if (nullable && initial !== undefined && (type[0] !== 'null' || initial !== null)) wrong.push(path);
      for (const [key, child] of Object.entries(node)) walk(child, `${path}.${key}`);
    };
    for (const schema of loadSchemas()) walk(schema, schema.name);
    expect(wrong).toEqual([]);
  });
});

describe('renderTypes', () => {
  const record = (name: string, fields: AvroRecord['fields']): AvroRecord => ({
    type: 'record',
    namespace: 'detent.test',
    name,
    doc: `A ${name}`,
    fields,
  });

  it('renders optional fields, unions, logical types, enums and nested records', () => {
    const dims = record('Dims', [{ name: 'mm', type: 'double', doc: 'Millimetres' }]);
    const money = { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 4 } as const;
    const kind = { type: 'enum', name: 'Kind', doc: 'Kind', symbols: ['a', 'b'], default: 'a' } as const;
    const text = renderTypes([
      record('Box', [
        { name: 'cost', type: ['null', money], default: null, doc: 'Cost' },
        { name: 'kind', type: kind, doc: 'Kind' },
        { name: 'dims', type: { type: 'array', items: dims }, doc: 'Sizes' },
        { name: 'values', type: { type: 'map', values: ['null', 'double', 'string'] }, doc: 'Values' },
      ]),
    ]);
    expect(text).toContain("export type Kind = 'a' | 'b';");
    expect(text).toContain('cost?: number | null;');
    expect(text).toContain('dims: Dims[];');
    expect(text).toContain('values: Record<string, number | string | null>;');
    expect(text.indexOf('interface Dims')).toBeLessThan(text.indexOf('interface Box'));
  });

  it('refuses one name with two shapes', () => {
    const nested = (field: string) => record('Dims', [{ name: field, type: 'double', doc: 'd' }]);
    const outer = (name: string, field: string) => record(name, [{ name: 'dims', type: nested(field), doc: 'd' }]);
    expect(() => renderTypes([outer('A', 'mm'), outer('B', 'cm')])).toThrow('Dims is declared twice');
  });
});
