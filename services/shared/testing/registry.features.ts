import type { SchemaRegistry } from '@detent/pipeline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

/** A registry for one test; `subject` begins the names of subjects. */
export interface RegistryFixture {
  registry: SchemaRegistry;
  subject: string;
  close(): Promise<void>;
}

const thing = (name: string, ...more: object[]) => ({
  type: 'record',
  name,
  namespace: 'detent.test',
  fields: [{ name: 'id', type: 'string' }, ...more],
});

/** What every `SchemaRegistry` must do. */
export function registryFeatures(name: string, make: () => Promise<RegistryFixture>): void {
  describe(`schema registry: ${name}`, () => {
    let fixture: RegistryFixture;
    let registry: SchemaRegistry;
    let one: string;

    beforeEach(async () => {
      fixture = await make();
      registry = fixture.registry;
      one = `${fixture.subject}-one`;
    });
    afterEach(() => fixture.close());

    it('gives a schema an id by which it is found again', async () => {
      const id = await registry.register(one, thing('A'));
      expect(await registry.byId(id)).toMatchObject({ name: 'A', fields: [{ name: 'id', type: 'string' }] });
      expect(await registry.subjects()).toContain(one);
    });

    it('gives the same schema the same id, and another schema another', async () => {
      const id = await registry.register(one, thing('A'));
      expect(await registry.register(one, thing('A'))).toBe(id);
      expect(await registry.register(`${fixture.subject}-two`, thing('A'))).toBe(id);
      expect(await registry.register(`${fixture.subject}-three`, thing('C'))).not.toBe(id);
    });

    it('lets a schema grow by fields with defaults', async () => {
      const first = await registry.register(one, thing('A'));
      const grown = thing('A', { name: 'note', type: ['null', 'string'], default: null });
      const second = await registry.register(one, grown);
      expect(second).not.toBe(first);
      expect(await registry.register(one, grown)).toBe(second);
    });

    it('refuses a schema that could not read what was written', async () => {
      await registry.register(one, thing('A'));
      const broken = registry.register(one, thing('A', { name: 'must', type: 'long' }));
      await expect(broken).rejects.toMatchObject({
        code: 'DETENT_SCHEMA_INCOMPATIBLE',
        message: expect.stringContaining(one),
      });
    });

    it('says that it has no schema of an id it never gave', async () => {
      expect(await registry.byId(2_000_000_000)).toBeUndefined();
    });
  });
}
