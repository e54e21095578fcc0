// Loads the module that its argument names: a program of a test.
await import(process.argv[2] ?? '');
