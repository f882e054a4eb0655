// What a command can be told of its trial, by placeholder and by environment variable.

/** Placeholders that are no parameters. */
export const reservedNames: readonly string[] = ['trial', 'trial_dir', 'params_file', 'device', 'seed', 'study'];

/** `GOLDILOCKS_PARAM_LEARNING_RATE`. */
export function environmentName(parameter: string): string {
  return `GOLDILOCKS_PARAM_${parameter.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}
