/** What is packed leads nobody to our sources: the condition `@ayna/source` stays in the workspace. */
function beforePacking(manifest) {
  for (const target of Object.values(manifest.exports ?? {})) delete target['@ayna/source'];
  delete manifest.nx;
  delete manifest.scripts;
  return manifest;
}

module.exports = { hooks: { beforePacking } };
