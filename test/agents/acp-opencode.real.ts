import { describeAcp } from './acp.ts';

describeAcp('opencode');
