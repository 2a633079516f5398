// The native driver that @tgwf/url2green asks for has to be compiled: npm rebuild --ignore-scripts=false better-sqlite3.
// Where it has not been, SQLite as WebAssembly stands in for it; the code of the client is the same.
"use strict";

const wasm = require("node-sqlite3-wasm");

class Database {
  #database;

  constructor(file, { readonly = false, fileMustExist = false } = {}) {
    this.#database = new wasm.Database(file, { readOnly: readonly, fileMustExist });
  }

  /** A statement that is finalized after each use: this driver would keep its lock on the file otherwise. */
  prepare(sql) {
    const use = (method, values) => {
      const statement = this.#database.prepare(sql);
      try {
        return statement[method](values.flat());
      } finally {
        statement.finalize();
      }
    };
    return { get: (...values) => use("get", values), all: (...values) => use("all", values) };
  }

  close() {
    this.#database.close();
  }
}

exports.provideDriver = function () {
  try {
    new (require("better-sqlite3"))(":memory:").close();
    return "better-sqlite3";
  } catch {
    const filename = require.resolve("better-sqlite3");
    require.cache[filename] = { id: filename, filename, loaded: true, exports: Database };
    return "node-sqlite3-wasm";
  }
};
