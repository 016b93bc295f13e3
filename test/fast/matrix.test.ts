import './choose.ts';
import '../tls/matrix.test.ts';
