// Compiles a project as WeChat's developer tools do: node compile.cjs <type> <project> <key> <out>. Builds npm first if
// the project has a package.json. It is a program of its own because the compiler leaves processes behind that keep it
// from ending.

const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { Project, getCompiledResult, packNpm } = require('miniprogram-ci');

const [type, projectPath, privateKeyPath, out] = process.argv.slice(2);
const { appid } = require(join(projectPath, 'project.config.json'));

async function main() {
  const ignores = ['node_modules/**/*'];
  const project = new Project({ appid, type, projectPath, privateKeyPath, ignores });
  if (existsSync(join(projectPath, 'package.json'))) {
    const warnings = await packNpm(project);
    if (warnings.length > 0) throw new Error(JSON.stringify(warnings));
  }
  // What WeChat would be asked for: nobody has this appid.
  const limits = { MaxCodeSize: 2, MaxSubpackageSubCodeSize: 2, MaxSubpackageFullCodeSize: 20 };
  project.attr = async () => ({ appid, platform: true, gameApp: false, setting: limits });
  // Down to ES5, and minified.
  const setting = { es6: true, es7: true, minify: true };
  const compiled = await getCompiledResult({ project, version: '1', setting, onProgressUpdate() {} });
  for (const [name, content] of Object.entries(compiled)) {
    const file = join(out, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
