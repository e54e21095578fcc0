import { libraryBuild } from '../../tsup.shared.ts';

export default libraryBuild([
  'src/index.ts',
  'src/gateway/index.ts',
  'src/realtime/index.ts',
  'src/projection.ts',
]);
