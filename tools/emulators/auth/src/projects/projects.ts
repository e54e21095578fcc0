import { Project } from './project.ts';

const FALLBACK_PROJECT_ID = 'demo-project';

/** The projects there are: every one that somebody names. */
export class Projects {
  readonly #projects = new Map<string, Project>();
  readonly #configuredDefault: string | undefined;

  constructor(defaultProjectId: string | undefined) {
    this.#configuredDefault = defaultProjectId;
  }

  get(projectId: string): Project {
    const known = this.#projects.get(projectId);
    if (known) return known;
    const project = new Project(projectId);
    this.#projects.set(projectId, project);
    return project;
  }

  /**
   * Where API keys lead, which say nothing about a project here: to the one configured, else to the
   * first one that was named.
   */
  get default(): Project {
    const [first] = this.#projects.keys();
    return this.get(this.#configuredDefault ?? first ?? FALLBACK_PROJECT_ID);
  }

  clear(projectId?: string): void {
    if (projectId !== undefined) this.get(projectId).clear();
    else for (const project of this.#projects.values()) project.clear();
  }
}
