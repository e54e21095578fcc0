/** Writes to standard output. A reader that has gone (`| head`) ends the process without a word. */
export function printText(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve();
      else if ('code' in error && error.code === 'EPIPE') process.exit(0);
      else reject(error);
    });
  });
}

/** Writes one line to standard error. */
export function noteLine(text: string): void {
  process.stderr.write(`${text}\n`);
}

// Without a listener the error event of a closed pipe would end the process with a stack trace.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
