import { stripTypeScriptTypes } from 'node:module';

/** Jest transformer: erases types in place, so that line numbers stay those of the source. */
export default {
  process(source, file) {
    return { code: stripTypeScriptTypes(source, { mode: 'strip', sourceUrl: file }) };
  },
};
