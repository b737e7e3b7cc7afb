// Which Muster is this? The version of package.json, as a constant that bundles can carry.
export const version = '0.1.0';
