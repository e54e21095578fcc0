export const name = '@ayna/deploy output';

/**
 * Nx keeps the output of tasks that succeed to itself. What a deployment does, or a dry run would
 * do, is what it is run for, so it is shown as it comes. A plugin of `nx.json`.
 *
 * @param {unknown} _options
 * @param {{ readonly argv: readonly string[] }} context
 */
export function preTasksExecution(_options, { argv }) {
  const isDeployment = argv.some((word) => /^(.*[:=,])?deploy([:,].*)?$/.test(word));
  if (isDeployment) process.env.NX_STREAM_OUTPUT ??= 'true';
}
