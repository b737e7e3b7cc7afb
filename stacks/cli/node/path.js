// Where is the Node that runs Muster? Prints its path, after fetching it when there is none; for the Makefile.
import { printSetupError } from '../setup.js';
import { findNode } from './find.js';

await findNode().then((path) => process.stdout.write(path), printSetupError);
