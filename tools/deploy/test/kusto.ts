import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';

/** Microsoft's language service is C# that was made JavaScript for browsers: it leaves a global. */
interface Kusto {
  readonly Language: {
    readonly KustoCode: {
      ParseAndAnalyze(text: string): {
        GetDiagnostics(): { readonly Count: number; getItem(at: number): { Message: string } };
      };
    };
  };
}

/** The columns of the table `customMetrics` of Application Insights that rules may use. */
const METRICS = `let customMetrics = datatable(
  timestamp: datetime, name: string, value: real, valueCount: int, valueSum: real, valueMin: real,
  valueMax: real, valueStdDev: real, customDimensions: dynamic, cloud_RoleName: string
)[];`;

const { resolve } = createRequire(import.meta.url);
for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) {
  const path = resolve(`@kusto/language-service-next/${file}`);
  runInThisContext(readFileSync(path, 'utf8'), path);
}
const { KustoCode } = (globalThis as unknown as { readonly Kusto: Kusto }).Kusto.Language;

/** What is wrong with a query on the metrics of Application Insights. */
export function queryProblems(query: string): string[] {
  const problems = KustoCode.ParseAndAnalyze(`${METRICS} ${query}`).GetDiagnostics();
  return Array.from({ length: problems.Count }, (_, at) => problems.getItem(at).Message);
}
