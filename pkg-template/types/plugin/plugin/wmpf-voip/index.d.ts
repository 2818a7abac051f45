// The entry, where the build puts it into the plugin's project.
export * from '../../../../index.js';
export { default } from '../../../../index.js';
