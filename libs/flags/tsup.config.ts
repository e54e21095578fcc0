import { libraryBuild } from '../../tsup.shared.ts';

export default libraryBuild(['src/index.ts', 'src/server/index.ts', 'src/web/index.ts']);
