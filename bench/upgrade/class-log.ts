/** Reads what a JVM wrote about the classes that it loaded (`-Xlog:class+load`). */
export type Role = 'jobmanager' | 'taskmanager';

/** Classes after which a JVM of a standby waits: Entry has found the program, and the TaskManager is registered. */
const WAITS: Readonly<Record<Role, string>> = {
  jobmanager: 'com.example.Clicks',
  taskmanager: 'org.apache.flink.runtime.taskexecutor.TaskExecutorRegistrationSuccess',
};
const LINE = /\]\s*(\S+) source: (\S+)/;
/** Flink, Hadoop and the libraries inside of Flink, as far as they are on the class path. */
const ON_CLASS_PATH = /^org\.apache\.(flink|hadoop|commons)\./;
/** Sources of classes with a class loader of their own: plugins, and the JAR inside of flink-dist that sends messages. */
const APART = /\/plugins\/|\/flink-rpc-/;
/** Classes that the JVM makes while it runs: lambdas, proxies and accessors. */
const MADE = /\$\$|\/0x|\$Proxy\d|Generated(Constructor|Method|Serialization)/;

/** Finds the role of the JVM, and the classes that it loaded once it could wait. @throws Error for a JVM that ran no job. */
export function namesIn(log: string): { readonly role: Role; readonly names: readonly string[] } {
  const loaded = log.split('\n').flatMap((line) => {
    const [, name, source] = LINE.exec(line) ?? [];
    return name === undefined || source === undefined ? [] : [{ name, source }];
  });
  const role = loaded.some(({ name }) => name === 'sluice.agent.Entry') ? 'jobmanager' : 'taskmanager';
  const from = loaded.findIndex(({ name }) => name === WAITS[role]);
  if (from === -1) throw new Error(`the log of a ${role} does not name ${WAITS[role]}`);
  const names = loaded
    .slice(from)
    .filter(({ name, source }) => ON_CLASS_PATH.test(name) && !MADE.test(name) && !APART.test(source))
    .map(({ name }) => name);
  return { role, names: [...new Set(names)] };
}
