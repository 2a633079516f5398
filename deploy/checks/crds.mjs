// Reads objects from standard input and prints what the schemas of their kinds object to. Argument: the folder node_modules.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const packages = { "keda.sh": "keda", "monitoring.coreos.com": "prometheus-operator" };
const problems = [];

for (const [index, object] of JSON.parse(readFileSync(0, "utf8")).entries()) {
  const [group, version] = object.apiVersion.split("/");
  const path = `${process.argv[2]}/@kubernetes-models/${packages[group]}/${group}/${version}/index.js`;
  const Kind = (await import(pathToFileURL(path)))[object.kind];
  try {
    if (!Kind) throw new Error(`there is no kind ${object.kind} in ${object.apiVersion}`);
    new Kind(object).validate();
  } catch (error) {
    problems.push({ index, message: error.message });
  }
}
process.stdout.write(JSON.stringify(problems));
