// Which version is this orchestrator? The repository's, kept equal by a test.

export const version = '0.1.0';
