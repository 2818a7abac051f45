// What mini-programs, whose files are CommonJS, give each file. For the type checker only; the package does not have this file.

declare const module: { exports: object };
declare function require(path: string): any;
