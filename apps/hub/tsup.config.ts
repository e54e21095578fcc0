import { libraryBuild } from '../../tsup.shared.ts';

export default libraryBuild(['src/main.ts', 'src/google-token.ts']);
