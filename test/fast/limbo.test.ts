import './choose.ts';
import '../x509/limbo.test.ts';
