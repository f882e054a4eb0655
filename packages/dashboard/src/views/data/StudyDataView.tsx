// The study's data: what was found in them, and the rows that the model finds hardest, to be corrected.
import { useQuery } from '@tanstack/react-query';
import { studyDataQuery, studyQuery } from '../../api/queries.js';
import { useTitle } from '../../components/Shell.js';
import { Loading, Shown } from '../../components/states.js';
import { useStudyKey } from '../../filter/useFilter.js';
import { text } from '../../text.js';
import { HardRows } from './HardRows.js';
import { InspectionReport } from './InspectionReport.js';

export function StudyDataView() {
  const study = useStudyKey();
  const { data: overview } = useQuery(studyQuery(study));
  useTitle(text.data.title, overview?.summary.title ?? study);
  const query = useQuery(studyDataQuery(study));
  if (query.isPending) return <Loading height={480} label={text.data.readData} />;
  return (
    <Shown query={query}>
      {(inspection) => (
        <div className="stack loose">
          <HardRows study={study} inspection={inspection.id} />
          <section className="stack" aria-label={text.data.lookAt}>
            <h2>{text.data.lookAt}</h2>
            <InspectionReport inspection={inspection} />
          </section>
        </div>
      )}
    </Shown>
  );
}
