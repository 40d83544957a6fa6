import {
  type AvroEnum,
  type AvroRecord,
  type AvroSchema,
  isArray,
  isEnum,
  isLogical,
  isMap,
  isRecord,
  isUnion,
} from './avro.ts';

const PRIMITIVES: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  string: 'string',
  bytes: 'Uint8Array',
};

/**
 * Renders records as TypeScript declarations, nested ones first. Decimals and timestamps are numbers, unions are not
 * wrapped, a field with the default null may be left out. Throws where two schemas give one name different shapes.
 */
export function renderTypes(schemas: readonly AvroRecord[]): string {
  const declared = new Map<string, string>();
  for (const schema of schemas) {
    if (declared.has(schema.name)) throw clash(schema.name);
    declare(schema, declared);
  }
  return [...declared.values()].join('\n');
}

function declare(schema: AvroRecord | AvroEnum, declared: Map<string, string>): void {
  const text = isRecord(schema) ? recordText(schema, declared) : enumText(schema);
  const before = declared.get(schema.name);
  if (before !== undefined && before !== text) throw clash(schema.name);
  declared.set(schema.name, text);
}

function recordText(schema: AvroRecord, declared: Map<string, string>): string {
  const lines = [`/** ${schema.doc ?? schema.name}. */`, `export interface ${schema.name} {`];
  for (const { name, type, doc, default: initial } of schema.fields) {
    const optional = initial === null ? '?' : '';
    lines.push(`  /** ${doc ?? name}. */`, `  ${name}${optional}: ${typeText(type, declared)};`);
  }
  return `${lines.join('\n')}\n}\n`;
}

function enumText(schema: AvroEnum): string {
  const symbols = schema.symbols.map((symbol) => `'${symbol}'`).join(' | ');
  return `/** ${schema.doc ?? schema.name}. */\nexport type ${schema.name} = ${symbols};\n`;
}

function typeText(schema: AvroSchema, declared: Map<string, string>): string {
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? schema;
  if (isUnion(schema)) {
    const branches = schema.filter((branch) => branch !== 'null').map((branch) => typeText(branch, declared));
    return [...branches, ...(schema.includes('null') ? ['null'] : [])].join(' | ');
  }
  if (isLogical(schema)) return 'number';
  if (isArray(schema)) {
    const items = typeText(schema.items, declared);
    return items.includes('|') ? `(${items})[]` : `${items}[]`;
  }
  if (isMap(schema)) return `Record<string, ${typeText(schema.values, declared)}>`;
  if (isRecord(schema) || isEnum(schema)) {
    declare(schema, declared);
    return schema.name;
  }
  throw new Error(`schemas: no TypeScript form is known for ${JSON.stringify(schema)}`);
}

function clash(name: string): Error {
  return new Error(`schemas: ${name} is declared twice with different shapes; give one of them another name`);
}
