// anywidget's npm module is one AMD call, define(["@jupyter-widgets/base"], factory). esbuild
// gives it this `define`, inside the bundle only: a global one would catch every UMD script that
// is loaded later. It carries no .amd, so UMD packages in the bundle pass it by.

/** @type {(base: object) => {AnyModel: Function, AnyView: Function}} */
export let factory;

export function define(_dependencies, moduleFactory) {
  factory = moduleFactory;
}
