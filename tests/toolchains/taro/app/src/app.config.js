export default { pages: ['pages/index/index', 'pages/bare/index'] };
