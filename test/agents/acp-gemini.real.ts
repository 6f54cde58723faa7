import { describeAcp } from './acp.ts';

describeAcp('gemini');
