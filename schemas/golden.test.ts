import { describe, expect, it } from '@jest/globals';
import { avscType, plain } from './avsc-type.ts';
import { readGolden } from './golden.ts';
import { fullName, loadSchemas } from './load.ts';

describe.each(loadSchemas().map((schema) => [fullName(schema), schema] as const))(
  'golden bytes of %s',
  (name, schema) => {
    const type = avscType(schema);

    it('are what encoding gives', () => {
      for (const { value, hex } of readGolden(name)) expect(type.toBuffer(value).toString('hex')).toBe(hex);
    });

    it('decode to the value that they came from', () => {
      for (const { value, hex } of readGolden(name))
        expect(plain(type.fromBuffer(Buffer.from(hex, 'hex')))).toEqual(value);
    });
  },
);

describe('bytes worked out by hand', () => {
  const type = (name: string) => avscType(loadSchemas().find((schema) => fullName(schema) === name)!);

  it('of a record of strings and a time', () => {
    const bytes = type('detent.customers.CustomerErased').toBuffer({ eventId: 'e', occurredAt: 1, customerId: 'c' });
    expect(bytes.toString('hex')).toBe('0265' + '02' + '0263');
  });

  it('of a record whose optional fields and money are left out or given', () => {
    const profile = { eventId: 'e', occurredAt: 1, customerId: 'c', tier: 't', lifetimeValue: 1.5, currency: 'EUR' };
    const bytes = type('detent.customers.CustomerProfiled').toBuffer(profile);
    // 1.5 with four places is 15000 = 0x3a98; union branches are 0 (null) and 2 (the value).
    expect(bytes.toString('hex')).toBe(
      '0265' + '02' + '0263' + '0274' + '02' + '043a98' + '02' + '06455552' + '00' + '00',
    );
  });
});
