/** A small deployment file that lacks only the name of its job. */
export const BASE = `apiVersion: sluice/v1
kind: FlinkJob
environment: dev
owner: {team: ads}
placement: {cluster: yarn-a}
flink: {version: "1.20.1"}
job: {jar: clicks.jar, entryClass: com.example.Clicks}
`;
