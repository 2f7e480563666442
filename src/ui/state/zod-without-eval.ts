/**
 * Tells zod to compile nothing: it tries `new Function` with its first schema, which the policy of the page reports. Parts of the
 * domain define schemas as they are loaded, so that this comes before all of them. zod keeps its settings in this global.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
