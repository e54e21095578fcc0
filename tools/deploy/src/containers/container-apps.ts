/** The apps that run as containers. Each has its `Dockerfile` in `apps/NAME`. */
export const containerApps = ['writer', 'checker', 'hub'] as const;
export type ContainerApp = (typeof containerApps)[number];
