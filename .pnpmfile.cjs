/**
 * What our types show, or what keeps one state for a whole program, has to be the copy that the
 * program itself has: two copies of OpenTelemetry's API, and our spans reach no SDK; two of zod or
 * kysely, and their types do not fit. So these are asked for by range. All else stays the version
 * that we have tested.
 */
const shared = {
  '@azure/service-bus': (version) => `^${version}`,
  '@openfeature/core': (version) => `^${version}`,
  '@openfeature/server-sdk': (version) => `^${version}`,
  '@openfeature/web-sdk': (version) => `^${version}`,
  // An SDK of OpenTelemetry 2 refuses 1.10; ours, of OpenTelemetry 3, wants it and refuses 1.11.
  '@opentelemetry/api': (version, manifest) =>
    manifest.name === '@ayna/telemetry' ? `~${version}` : '>=1.9.0 <1.11.0',
  'fast-check': (version) => `^${version}`,
  'firebase-admin': (version) => `^${version}`,
  kysely: (version) => `^${version}`,
  pino: (version) => `^${version}`,
  zod: (version) => `^${version}`,
};

/** What is packed leads nobody to our sources: the condition `@ayna/source` stays in the workspace. */
function beforePacking(manifest) {
  for (const target of Object.values(manifest.exports ?? {})) delete target['@ayna/source'];
  for (const [name, version] of Object.entries(manifest.dependencies ?? {})) {
    const range = shared[name];
    if (range) manifest.dependencies[name] = range(version, manifest);
  }
  delete manifest.devDependencies;
  delete manifest.nx;
  delete manifest.scripts;
  return manifest;
}

module.exports = { hooks: { beforePacking } };
